<?php // For php -S.
switch ($_SERVER['REQUEST_URI']) {
  case '/health':
    echo 'ok';
    break;
  case '/echo':
    echo $_SERVER['REQUEST_METHOD'], ' ', hash('sha256', file_get_contents('php://input'));
    break;
  case '/early':
    http_response_code(401);
    echo 'who are you?';
    break;
  case '/chunks': // without a length, until it closes
    echo 'one,';
    flush();
    echo 'two,three';
    break;
  default:
    return false; // its own files
}
