import '@shopcast/ui/base.css';
